// What a server refuses in the Ingress.
import type { Issue } from '../../../helm/check';
import { plainText, text } from '../../../helm/print';
import { DNS_NAME, isLabelKey, LABEL, LABEL_RULE } from '../../../kubernetes/names';
import { CLASS_ANNOTATION } from '../ingress';
import { isPrinted } from '../parts';
import type { Settings } from '../values';

const OPTIONAL = { ingressClass: 'an Ingress class', ingressTlsSecret: 'a Secret' } as const;

export function ingressIssues(values: Settings): Issue[] {
  if (!isPrinted(values, 'skipIngress')) return [];
  const wrong = (key: 'domainName' | 'mainProject', rule: RegExp, what: string): Issue[] =>
    rule.test(text(values[key])) ? [] : [{ path: [key], message: `must be ${what}, not "${text(values[key])}"` }];
  return [
    ...wrong('domainName', DNS_NAME, 'a host name in lower case'),
    ...wrong('mainProject', LABEL, 'the name of a project'),
    ...(['ingressClass', 'ingressTlsSecret'] as const)
      .filter((key) => plainText(values[key]) !== undefined && !DNS_NAME.test(text(values[key])))
      .map((key) => ({ path: [key], message: `must be the name of ${OPTIONAL[key]}, not "${text(values[key])}": ${LABEL_RULE}` })),
    ...Object.entries(values.ingressAnnotations ?? {}).flatMap(([name, value]) => annotationIssues(values, name, value)),
  ];
}

function annotationIssues({ ingressClass }: Settings, name: string, value: unknown): Issue[] {
  const path = ['ingressAnnotations', name];
  if (!isLabelKey(name.toLowerCase()))
    return [
      {
        path,
        message: `"${name}" is not a name of an annotation: letters, digits, dashes, dots and underscores, with an optional DOMAIN/ in front`,
      },
    ];
  if (typeof value === 'object' && value !== null)
    return [{ path, message: `must be text, not a ${Array.isArray(value) ? 'list' : 'map'}` }];
  const className = plainText(ingressClass);
  if (name !== CLASS_ANNOTATION || value === null || className === undefined || text(value) === className) return [];
  return [
    {
      path,
      message: `must be the same as ingressClass, "${className}", not "${text(value)}": a server refuses two classes; set ingressClass alone`,
    },
  ];
}
