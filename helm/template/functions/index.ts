// The functions that templates may call. A family is loaded when a template first calls one of its functions.
import type { FunctionTable, TemplateFunction } from './define';

interface Family {
  readonly names: string;
  readonly load: () => FunctionTable;
}

/** Functions that the evaluator itself answers, since they need the template around them. */
export const OWN_FUNCTIONS: ReadonlySet<string> = new Set(['and', 'or', 'include', 'tpl']);

/** Functions that change a map they are given; their templates work on a copy of the caller's data. */
export const CHANGING_FUNCTIONS: readonly string[] = ['set', 'unset', 'merge', 'mergeOverwrite', 'mustMerge', 'mustMergeOverwrite', 'tpl'];

/* eslint-disable @typescript-eslint/no-require-imports -- a family is loaded when it is first used, to start fast */
export const FAMILIES: readonly Family[] = [
  {
    names: 'not eq ne lt le gt ge index len print printf println html js urlquery',
    load: () => (require('./builtins') as typeof import('./builtins')).builtins,
  },
  {
    names:
      'required fail lookup default empty coalesce all any ternary typeOf typeIs typeIsLike kindOf kindIs deepEqual ' +
      'toString toStrings int int64 float64 atoi toDecimal hello',
    load: () => (require('./basics') as typeof import('./basics')).basics,
  },
  {
    names:
      'trim trimAll trimall trimPrefix trimSuffix upper lower title untitle swapcase repeat substr trunc abbrev abbrevboth nospace ' +
      'initials contains hasPrefix hasSuffix quote squote cat indent nindent replace plural join split splitn ' +
      'splitList wrap wrapWith camelcase snakecase kebabcase',
    load: () => (require('./strings') as typeof import('./strings')).strings,
  },
  {
    names:
      'list tuple first mustFirst rest mustRest last mustLast initial mustInitial append mustAppend push mustPush prepend ' +
      'mustPrepend concat reverse mustReverse uniq mustUniq without mustWithout has mustHas compact mustCompact slice ' +
      'mustSlice chunk mustChunk sortAlpha until untilStep seq',
    load: () => (require('./lists') as typeof import('./lists')).lists,
  },
  {
    names:
      'dict get set unset hasKey pluck keys values pick omit dig merge mustMerge mergeOverwrite mustMergeOverwrite deepCopy mustDeepCopy',
    load: () => (require('./dicts') as typeof import('./dicts')).dicts,
  },
  {
    names: 'add add1 sub mul div mod max biggest min addf add1f subf mulf divf maxf minf ceil floor round',
    load: () => (require('./math') as typeof import('./math')).math,
  },
  {
    names:
      'toYaml mustToYaml fromYaml fromYamlArray toJson mustToJson toPrettyJson mustToPrettyJson toRawJson ' +
      'mustToRawJson fromJson fromJsonArray mustFromJson',
    load: () => (require('./documents') as typeof import('./documents')).documents,
  },
  {
    names: 'b64enc b64dec b32enc b32dec sha1sum sha256sum sha512sum adler32sum',
    load: () => (require('./encodings') as typeof import('./encodings')).encodings,
  },
  {
    names:
      'regexMatch mustRegexMatch regexFind mustRegexFind regexFindAll mustRegexFindAll regexReplaceAll mustRegexReplaceAll ' +
      'regexReplaceAllLiteral mustRegexReplaceAllLiteral regexSplit mustRegexSplit regexQuoteMeta',
    load: () => (require('./regex') as typeof import('./regex')).regex,
  },
  { names: 'semver semverCompare', load: () => (require('./versions') as typeof import('./versions')).versions },
  {
    names: 'base dir clean ext isAbs osBase osDir osClean osExt osIsAbs urlParse urlJoin duration durationRound',
    load: () => (require('./paths') as typeof import('./paths')).paths,
  },
];
/* eslint-enable @typescript-eslint/no-require-imports */

const GIVE_VALUE = 'write the value itself into the values file';
const IN_CLUSTER = 'leave the secret to the key Job that runs in the cluster, or write the value itself into the values file';
const USE_YAML = 'write it as YAML or JSON';
const FIXED_TIME = 'write the time itself into the values file';

/** Functions that Helm has and we refuse, by the reason. */
const REFUSED: readonly { readonly names: string; readonly why: string; readonly mend: string }[] = [
  {
    names: 'randAlphaNum randAlpha randAscii randNumeric randBytes randInt shuffle uuidv4',
    why: 'is not pure: it gives another result each time',
    mend: GIVE_VALUE,
  },
  {
    names:
      'genPrivateKey genCA genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert ' +
      'genSignedCertWithKey buildCustomCert bcrypt htpasswd encryptAES',
    why: 'is not pure: it makes another key or salt each time',
    mend: IN_CLUSTER,
  },
  { names: 'derivePassword decryptAES', why: 'is not supported: it would put a secret into the manifests', mend: IN_CLUSTER },
  { names: 'now ago', why: 'is not pure: it reads the clock', mend: FIXED_TIME },
  {
    names:
      'date date_in_zone dateInZone date_modify dateModify must_date_modify mustDateModify htmlDate ' +
      'htmlDateInZone toDate mustToDate unixEpoch',
    why: 'is not pure: it depends on the clock and the time zone of the machine',
    mend: FIXED_TIME,
  },
  { names: 'getHostByName', why: 'is not pure: it asks the network', mend: GIVE_VALUE },
  { names: 'env expandenv', why: 'is not pure: it reads the environment, and Helm does not have it either', mend: GIVE_VALUE },
  { names: 'toYamlPretty', why: 'is not supported', mend: 'use toYaml' },
  { names: 'toToml fromToml', why: 'is not supported', mend: USE_YAML },
  { names: 'call', why: 'is not supported: values hold no functions', mend: 'call the function by its name' },
];

let families: Map<string, Family> | undefined;

function family(name: string): Family | undefined {
  families ??= new Map(FAMILIES.flatMap((each) => each.names.split(' ').map((known) => [known, each] as const)));
  return families.get(name);
}

/** Why a function cannot be called; undefined when it can. */
export function functionProblem(name: string): { readonly what: string; readonly mend?: string } | undefined {
  if (OWN_FUNCTIONS.has(name) || family(name) !== undefined) return undefined;
  const refused = REFUSED.find((each) => each.names.split(' ').includes(name));
  if (refused !== undefined) return { what: `function ${JSON.stringify(name)} ${refused.why}`, mend: refused.mend };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only errors need it
  const { nearest } = require('../../suggest') as typeof import('../../suggest');
  const near = nearest(name, [...OWN_FUNCTIONS, ...FAMILIES.flatMap((each) => each.names.split(' '))]);
  return { what: `function ${JSON.stringify(name)} is not known`, mend: near === undefined ? undefined : `did you mean ${near}?` };
}

/** A function that `functionProblem` has nothing against. */
export function findFunction(name: string): TemplateFunction | undefined {
  const table = family(name)?.load();
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
