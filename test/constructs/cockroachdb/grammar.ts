// The rules of CockroachDB's published grammar for the statements that a release runs, and a reader that derives statements by them.
// `docs/generated/sql/bnf` of CockroachDB has them, in 22.2 (the chart's version) and in the newest; what differs is said beside the rule.

/** Capitals are words of the language, small letters other rules; [ ] is what may be left out, { } what may stand again, | parts choices. */
const RULES = `
stmt ::= create_role_stmt | create_database_stmt | grant_stmt | set_csetting_stmt | create_schedule_for_backup_stmt | alter_backup_schedule
       | pause_schedules_stmt | resume_schedules_stmt | restore_stmt | show_jobs_stmt | comment_stmt | select_stmt

create_role_stmt ::= CREATE ( ROLE | USER ) [ IF NOT EXISTS ] name [ [ WITH ] role_option { role_option } ]
role_option ::= PASSWORD ( SCONST | NULL ) | CREATEROLE | NOCREATEROLE | LOGIN | NOLOGIN | CONTROLJOB | NOCONTROLJOB | CREATEDB | NOCREATEDB
       | CREATELOGIN | NOCREATELOGIN | VIEWACTIVITY | NOVIEWACTIVITY | CANCELQUERY | NOCANCELQUERY | MODIFYCLUSTERSETTING | VALID UNTIL SCONST
create_database_stmt ::= CREATE DATABASE [ IF NOT EXISTS ] name [ WITH ] [ ENCODING [ = ] SCONST ] [ CONNECTION LIMIT [ = ] ICONST ]
grant_stmt ::= GRANT ALL [ PRIVILEGES ] ON DATABASE name { , name } TO name { , name }
set_csetting_stmt ::= SET CLUSTER SETTING name { . name } ( = | TO ) ( SCONST | ICONST | name )

create_schedule_for_backup_stmt ::= CREATE SCHEDULE [ IF NOT EXISTS ] ( name | SCONST ) FOR BACKUP [ DATABASE name { , name } ] INTO SCONST
       [ WITH ( backup_options { , backup_options } | OPTIONS ( lparen backup_options { , backup_options } rparen ) ) ]
       RECURRING SCONST [ FULL BACKUP ( SCONST | ALWAYS ) ] [ WITH SCHEDULE OPTIONS kv_option { , kv_option } ]
backup_options ::= ENCRYPTION_PASSPHRASE = SCONST | REVISION_HISTORY [ = ( TRUE | FALSE ) ] | DETACHED [ = ( TRUE | FALSE ) ] | KMS = SCONST
kv_option ::= ( name | SCONST ) [ = ( SCONST | ICONST | name ) ]
alter_backup_schedule ::= ALTER BACKUP SCHEDULE ICONST alter_cmd { , alter_cmd }
alter_cmd ::= SET LABEL SCONST | SET INTO SCONST | SET WITH backup_options | SET RECURRING SCONST | SET FULL BACKUP ( SCONST | ALWAYS )
       | SET SCHEDULE OPTION kv_option
pause_schedules_stmt ::= PAUSE ( SCHEDULE ICONST | SCHEDULES select_stmt )
resume_schedules_stmt ::= RESUME ( SCHEDULE ICONST | SCHEDULES select_stmt )
show_schedules_stmt ::= SHOW [ RUNNING | PAUSED ] SCHEDULES FOR BACKUP

restore_stmt ::= RESTORE FROM ( SCONST | LATEST ) IN SCONST [ AS OF SYSTEM TIME SCONST ]
show_backup_stmt ::= SHOW BACKUP FROM ( SCONST | LATEST ) IN SCONST
show_jobs_stmt ::= SHOW JOBS WHEN COMPLETE select_stmt
show_databases_stmt ::= SHOW DATABASES [ WITH COMMENT ]
comment_stmt ::= COMMENT ON DATABASE name IS ( SCONST | NULL )

select_stmt ::= lparen select_stmt rparen
       | SELECT a_expr { , a_expr } [ FROM table_ref ] [ WHERE a_expr ] [ ORDER BY a_expr { , a_expr } ]
table_ref ::= lbracket row_source_extension_stmt rbracket | name [ . name [ . name ] ]
row_source_extension_stmt ::= show_schedules_stmt | show_backup_stmt | show_databases_stmt
a_expr ::= operand { binary operand } [ [ NOT ] IN lparen a_expr { , a_expr } rparen ] [ IS [ NOT ] NULL ] [ AND a_expr ]
binary ::= + | - | = | != | >
operand ::= ( SCONST | ICONST | TRUE | FALSE | INTERVAL SCONST | lparen select_stmt rparen | name lparen [ * | a_expr { , a_expr } ] rparen
       | name [ . name ] ) [ :: name ]
`;

/** A rule's text as a tree: sequences of words, rules, and groups. */
type Node = string | { readonly kind: '(' | '[' | '{'; readonly choices: readonly (readonly Node[])[] };

function tree(words: readonly string[]): readonly (readonly Node[])[] {
  let at = 0;
  const closing = { '(': ')', '[': ']', '{': '}' } as const;
  const choices = (end?: string): Node[][] => {
    const out: Node[][] = [[]];
    for (; at < words.length && words[at] !== end; at += 1) {
      const word = words[at]!;
      if (word === '|') out.push([]);
      else if (word === '(' || word === '[' || word === '{') {
        at += 1;
        out.at(-1)!.push({ kind: word, choices: choices(closing[word]) });
      } else out.at(-1)!.push(word);
    }
    return out;
  };
  return choices();
}

const GRAMMAR = new Map(
  RULES.trim()
    .split(/\n(?=\w+ ::=)/)
    .map((rule) => {
      const [name = '', text = ''] = rule.split(/ ::= /);
      return [name, tree(text.trim().split(/\s+/))] as const;
    }),
);

interface Token {
  readonly kind: 'SCONST' | 'ICONST' | 'identifier' | 'word' | 'sign';
  readonly text: string;
}

/** @throws Error at what is not a token: a quote that is not closed, a control character */
export function tokens(sql: string): Token[] {
  const out: Token[] = [];
  const pattern = /\s+|--[^\n]*|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|(\d+)|([A-Za-z_][A-Za-z_0-9$]*)|(::|!=|[-+*=<>,.;()[\]])/gy;
  while (pattern.lastIndex < sql.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(sql);
    if (!match) throw new Error(`no token at: ${sql.slice(from, from + 40)}`);
    const [, string, quoted, digits, word, sign] = match;
    if (string !== undefined) out.push({ kind: 'SCONST', text: string.replaceAll("''", "'") });
    else if (quoted !== undefined) out.push({ kind: 'identifier', text: quoted.replaceAll('""', '"') });
    else if (digits !== undefined) out.push({ kind: 'ICONST', text: digits });
    else if (word !== undefined) out.push({ kind: 'word', text: word });
    else if (sign !== undefined) out.push({ kind: 'sign', text: sign });
  }
  return out;
}

/** Reserved keywords of the grammar that these statements could meet: no name without quotes. */
const RESERVED =
  /^(all|and|as|for|from|grant|in|into|not|null|on|or|order|select|table|then|to|true|false|union|user|using|when|where|with)$/i;
const SIGNS: Readonly<Record<string, string>> = { lparen: '(', rparen: ')', lbracket: '[', rbracket: ']' };

/** Where a sequence of nodes can end when it begins at a token. */
function ends(nodes: readonly Node[], input: readonly Token[], from: number): number[] {
  return nodes.reduce<number[]>((starts, node) => [...new Set(starts.flatMap((at) => endsOf(node, input, at)))], [from]);
}

function endsOf(node: Node, input: readonly Token[], at: number): number[] {
  if (typeof node !== 'string') {
    const once = (start: number): number[] => node.choices.flatMap((choice) => ends(choice, input, start));
    if (node.kind === '(') return once(at);
    const found = new Set([at]);
    // A set that grows while it is walked: what may stand again goes on from each end.
    for (const start of found) {
      if (node.kind === '[' && start !== at) continue;
      for (const end of once(start)) found.add(end);
    }
    return [...found];
  }
  const rule = GRAMMAR.get(node);
  if (rule) return rule.flatMap((choice) => ends(choice, input, at));
  const token = input[at];
  return token && fits(node, token) ? [at + 1] : [];
}

function fits(expected: string, { kind, text }: Token): boolean {
  if (expected === 'SCONST' || expected === 'ICONST') return kind === expected;
  if (expected === 'name') return kind === 'identifier' || (kind === 'word' && !RESERVED.test(text));
  const sign = SIGNS[expected] ?? expected;
  return kind === 'word' ? text.toUpperCase() === expected : kind === 'sign' && text === sign;
}

/** The statements of a text, each as its tokens without the semicolon. @throws Error when the last one is not ended */
export function statementsIn(sql: string): Token[][] {
  const out: Token[][] = [[]];
  for (const token of tokens(sql)) {
    if (token.kind === 'sign' && token.text === ';') out.push([]);
    else out.at(-1)!.push(token);
  }
  if (out.at(-1)!.length) throw new Error('a statement without a semicolon at its end');
  return out.filter((statement) => statement.length);
}

/** True when the grammar derives the statement. */
export const isDerived = (statement: readonly Token[]): boolean => ends(['stmt'], statement, 0).includes(statement.length);
