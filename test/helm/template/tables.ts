// Every table of snippets, by family.
import type { Snippet } from './fixture';
import { data } from './snippets/data';
import { language } from './snippets/language';
import { moreData } from './snippets/more-data';
import { moreLanguage } from './snippets/more-language';
import { patterns } from './snippets/patterns';
import { printf } from './snippets/printf';
import { strings } from './snippets/strings';

export const tables: Readonly<Record<string, readonly Snippet[]>> = { language, moreLanguage, printf, strings, data, moreData, patterns };
