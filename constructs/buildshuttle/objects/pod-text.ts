// The template of the builds' pods as the text of its file: YAML, in which each line changes with what it says, and with nothing else.
import { toGoYaml } from '../../../helm/yaml/go';
import { writeYaml } from '../../../helm/yaml/write';

/** What people give as maps and lists of Kubernetes stands there as Helm's `toYaml` prints it. */
const GIVEN: readonly string[] = ['annotations', 'nodeSelector', 'affinity', 'tolerations', 'resources'];

/** Data as YAML, its keys in their order and its texts in quotes, with a line end behind it. Undefined members are left out. */
export function podText(data: unknown): string {
  if (!isBlock(data)) return `${JSON.stringify(data)}\n`;
  if (Array.isArray(data)) return data.map((item) => `- ${indented(podText(item)).trimStart()}`).join('');
  return Object.entries(data)
    .map(([key, value]) => {
      if (value === undefined) return '';
      const text = GIVEN.includes(key) ? givenText(value) : podText(value);
      return isBlock(value) ? `${key}:\n${indented(text)}` : `${key}: ${text}`;
    })
    .join('');
}

/** Whether it stands in lines of its own. */
const isBlock = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** What `toYaml` does not print, such as control characters, is there all the same. */
function givenText(value: unknown): string {
  const text = toGoYaml(value);
  return text === '' ? writeYaml(value) : `${text}\n`;
}

const indented = (text: string): string => text.replaceAll(/(?<=^|\n)(?=[^\n])/g, '  ');
