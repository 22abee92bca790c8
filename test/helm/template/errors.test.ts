// What is said of templates that Helm refuses too, and of what we refuse and Helm does not.
import { evaluate, TemplateError } from '../../../helm/template';
import { context } from './fixture';
import { errors } from './snippets/errors';
import { moreErrors } from './snippets/more-errors';

function errorOf(template: string, helpers = context.helpers): TemplateError {
  try {
    evaluate(template, { ...context, helpers });
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error(`${template} is evaluated`);
}

it.each([...errors, ...moreErrors])('%s', (template, message) => {
  expect(errorOf(template).message).toBe(message);
});

describe('functions that are not pure', () => {
  it.each([
    [
      'randAlphaNum 5',
      'function "randAlphaNum" is not pure: it gives another result each time at 1:4; write the value itself into the values file',
    ],
    ['uuidv4', 'function "uuidv4" is not pure: it gives another result each time at 1:4; write the value itself into the values file'],
    ['now | date "2006"', 'function "now" is not pure: it reads the clock at 1:4; write the time itself into the values file'],
    [
      'genCA "a" 1',
      'function "genCA" is not pure: it makes another key or salt each time at 1:4; leave the secret to the key Job that runs in the cluster, or write the value itself into the values file',
    ],
    ['getHostByName "a"', 'function "getHostByName" is not pure: it asks the network at 1:4; write the value itself into the values file'],
    ['.Files.Get "a.txt"', ".Files.Get is not pure: it reads the chart's files at 1:4; write the file's content into the values file"],
    ['toToml .Values', 'function "toToml" is not supported at 1:4; write it as YAML or JSON'],
    ['toYamlPretty .Values', 'function "toYamlPretty" is not supported at 1:4; use toYaml'],
    ['printf "%x" 1.5', 'printf: %x of a float is not supported at 1:4; use %f, %e or %g'],
  ])('%s', (call, message) => {
    expect(errorOf(`{{ ${call} }}`).message).toBe(message);
  });

  it('are refused in branches that are not taken, as unknown ones are', () => {
    expect(errorOf('{{ if false }}{{ now }}{{ end }}').functionName).toBe('now');
    expect(errorOf('{{ if false }}{{ uper "a" }}{{ end }}').message).toBe('function "uper" is not known at 1:18; did you mean upper?');
  });
});

describe('the place', () => {
  it('is the line and column in the text', () => {
    const error = errorOf('first\n  {{ if .Values.name }}\n\t{{ .Values.missing.x }}{{ end }}');
    expect([error.line, error.column]).toEqual([3, 5]);
    expect(error.functionName).toBeUndefined();
  });

  it('of a function is its name, of a wrong argument the argument', () => {
    expect(errorOf('{{ print (fail "no") }}')).toMatchObject({ line: 1, column: 11, functionName: 'fail', problem: 'no' });
    expect(errorOf('{{ print (upper .Values.one) }}')).toMatchObject({
      column: 17,
      functionName: 'upper',
      mend: 'make it a text with toString',
    });
  });

  it('in a text given to tpl is named beside the outer one', () => {
    expect(errorOf('a {{ tpl "b\\n{{ .x.y }}" . }}').message).toBe(
      'nil pointer evaluating interface {}.y at 2:4 of the text given to tpl at 1:6; .x is missing or null; set it, or guard it with if or with',
    );
  });
});

describe('helpers', () => {
  it('that throw are named, and their error kept', () => {
    const cause = new Error('no host');
    const helpers = {
      'chart.host': () => {
        throw cause;
      },
    };
    const error = errorOf('{{ include "chart.host" . }}', helpers);
    expect(error.message).toBe('include: helper "chart.host" failed: no host at 1:4');
    expect(error.cause).toBe(cause);
  });

  it('that are not there are answered with those of a like name', () => {
    const helpers = { 'api.fullname': () => '', 'web.fullname': () => '', 'api.labels': () => '' };
    expect(errorOf('{{ include "chart.fullname" . }}', helpers).message).toBe(
      'include: template "chart.fullname" is not defined at 1:4; the templates here are api.fullname, web.fullname',
    );
  });
});
