// Each family of the language and its functions, against the texts that Helm renders.
import { evaluate } from '../../../helm/template';
import { context } from './fixture';
import { tables } from './tables';

describe.each(Object.entries(tables))('%s', (_family, snippets) => {
  it.each(snippets)('%s', (template, text) => {
    expect(evaluate(template, context)).toBe(text);
  });
});
