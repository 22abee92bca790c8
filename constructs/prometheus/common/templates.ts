// Go templates in values that the chart evaluates in some shapes only.
import { evaluate, hasActions, TemplateError } from '../../../helm/template';
import { templateRoot } from '../../common/template-root';
import type { Helpers } from '../../common/chart';
import type { Context } from '../../common/context';
import type { Fields, Group } from '../../../helm/schema';
import { type Path } from '../../common/checks';
import { refuse } from './need';

/** A text with its Go templates evaluated. @throws ValuesError naming the value and the place in it */
export function evaluated<S extends Group<Fields, boolean>>(context: Context<S>, helpers: Helpers<S>, source: string, path: Path): string {
  if (!hasActions(source)) return source;
  const { chart, release, values } = context;
  const named = Object.fromEntries(Object.entries(helpers).map(([name, helper]) => [name, () => helper(context)]));
  try {
    return evaluate(source, { root: templateRoot(release, chart, { ...values }), helpers: named });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refuse(path, error.message);
  }
}
