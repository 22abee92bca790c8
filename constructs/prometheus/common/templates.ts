// Go templates in values that the chart evaluates in some shapes only.
import { evaluate, hasActions, TemplateError } from '../../../helm/template';
import type { Context } from '../../common/context';
import type { Fields, Group } from '../../../helm/schema';
import { type Path } from '../../common/checks';
import { refuse } from './need';

/** A text with its Go templates evaluated. @throws ValuesError naming the value and the place in it */
export function evaluated({ templates }: Context<Group<Fields, boolean>>, source: string, path: Path): string {
  if (!hasActions(source)) return source;
  try {
    return evaluate(source, templates);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refuse(path, error.message);
  }
}
