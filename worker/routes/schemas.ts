// What the routes take and answer: the source of /openapi.json. Their own code checks what needs more than a shape.
import { z } from 'zod';
import { FINAL_STATES, RUNNING_STATES, type State } from '../state/record';

export const STATES = ['queued', ...RUNNING_STATES, ...FINAL_STATES] as const satisfies readonly State[];

/** Every answer that is not a build and no log, errors included. */
export const status = z.object({ status: z.string().describe('`ok`, or what is wrong and how to mend it') }).meta({ id: 'Status' });

const time = z.iso.datetime().describe('ISO 8601');

export const build = z
  .object({
    id: z.string().describe('build_number; with a build_uuid of its own, a build whose number was taken has the next free one'),
    app: z.string(),
    app_id: z.string().describe('{app}-{app_uuid}'),
    space: z.string(),
    build_uuid: z.string(),
    branch: z.string().nullable().describe('as it was posted'),
    commit: z.string().nullable().describe('`sha`, as it was posted'),
    image: z.string().nullable().describe('repository:1.{build_number}; null for a build that names no registry'),
    status: z.enum(STATES),
    reason: z.string().nullable().describe('why it failed, was stopped or timed out, or why `latest` was not moved; secrets are ***'),
    digest: z.string().nullable().describe("the registry's, once it has the image"),
    queue_position: z.number().int().min(1).nullable().describe('1 for the next one to begin; null for a build that does not wait'),
    attempts: z.number().int().describe('how often it began'),
    accepted_at: time,
    started_at: time.nullable(),
    ended_at: time.nullable(),
    callback_undelivered: z.boolean().describe('the callback was given up'),
  })
  .meta({ id: 'BuildStatus' });

export const builds = z
  .object({ builds: z.array(build), next: z.string().nullable().describe('`before` of the next page; null on the last one') })
  .meta({ id: 'Builds' });

export const appParams = z.object({ app: z.string().describe('{app}-{app_uuid}') });
export const buildParams = appParams.extend({ number: z.string().describe('build_number') });
export const uuidParams = z.object({ build: z.string().describe('build_uuid') });

export const listQuery = z.object({
  app: z.string().max(200).optional().describe("part of an app's name"),
  state: z.string().max(200).optional().describe('one state or several, separated by commas'),
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'must be `next` of another answer')
    .optional()
    .describe('`next` of the page before'),
});

export const logQuery = z.object({
  follow: z.string().optional().describe('anything but `false`: wait for more until the build has ended'),
});

interface Answer {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

export function answer(description: string, schema: z.ZodType = status, type = 'application/json'): Answer {
  return { description, content: { [type]: { schema } } };
}

/** An answer that is not JSON. */
export function textAnswer(description: string, type = 'text/plain'): Answer {
  return answer(description, z.string(), type);
}

/** Errors by status; a route that wants the token answers 401, and 403 to foreign names where there is none. */
export function answers(ok: Answer, errors: Readonly<Record<number, string>> = {}, open = false): Record<number, Answer> {
  const token = { 401: 'the token is missing or wrong', 403: 'no AUTH_TOKEN is set, and the name that was asked is none of loopback' };
  const all = open ? errors : { ...token, ...errors };
  return Object.fromEntries([[200, ok], ...Object.entries(all).map(([code, description]) => [code, answer(description)] as const)]);
}

/** For what is not part of the API. */
export const HIDDEN = { hide: true } as const;
/** For routes that are answered without the token. */
export const OPEN = { security: [] as [] };
