// What each route of buildshuttle's API and of its additions does, takes and answers, as /openapi.json tells it.
import { z } from 'zod';
import { payload } from '../state/payload';
import { answer, answers, appParams, build, buildParams, logQuery, OPEN, textAnswer, uuidParams } from './schemas';

const BUILDS = { tags: ['builds'] };
const SOURCES = { tags: ['sources'] };
const WORKER = { tags: ['worker'] };
const NO_BUILD = { 404: 'there is no such build' };
const file = answer('the archive as it was fetched or posted', z.string().meta({ format: 'binary' }), 'application/octet-stream');

export const described = {
  accept: {
    summary: 'Queue a build. Answered once it is safely in the queue; the same build posted again runs once.',
    description: 'A build that has a name and cannot be built is accepted too, fails with a log, and is called back.',
    ...BUILDS,
    body: payload,
    response: answers(answer('the build is in the queue'), {
      400: 'what is wrong with the payload: it names no build',
      408: 'the body came too slowly',
      409: 'the build was posted before with a different payload, or was deleted',
      413: 'larger than MAX_BODY_BYTES or MAX_SOURCE_BYTES',
      415: 'no JSON',
      503: 'no room on the disk, or too many requests at once',
    }),
  },
  status: {
    summary: 'State, digest, reason, place in the queue and times of a build.',
    ...BUILDS,
    params: buildParams,
    response: answers(answer('the build', build), NO_BUILD),
  },
  stop: {
    summary: 'Stop a build, queued or running.',
    description: 'Too late once the registry has the image: a build that has ended keeps its end.',
    ...BUILDS,
    params: buildParams,
    response: answers(
      answer(
        'stopped, or not there; `state` says how a build had ended already',
        z.object({ status: z.string(), state: z.string().optional() }),
      ),
    ),
  },
  deleteApp: {
    summary: 'Stop all builds of an app, and delete their logs, sources and images.',
    ...BUILDS,
    params: appParams,
    response: answers(answer('nothing of the app is left, or there was nothing')),
  },
  log: {
    summary: 'The log; with follow=true to the end of the build, as server-sent events where they are accepted.',
    description:
      'Following answers at once. While the build waits, the header x-queue-position has its place (1 for ' +
      'the next one), and the events `queue` tell ' +
      'each change of it. The id of an event is the offset after its line: sent back as Last-Event-ID, ' +
      'nothing is missed. The event `end` has status, ' +
      'digest and reason. A carriage return inside a line is the beginning of another data: line.',
    ...BUILDS,
    params: buildParams,
    querystring: logQuery,
    response: answers(
      {
        ...textAnswer('the log; secrets are ***'),
        content: { 'text/plain': { schema: z.string() }, 'text/event-stream': { schema: z.string() } },
      },
      NO_BUILD,
    ),
  },
  sources: {
    summary: 'The sources of a build.',
    ...SOURCES,
    params: uuidParams,
    response: answers(file, { 400: 'no UUID', 404: 'there are none' }),
  },
  hasSources: {
    summary: 'Whether the sources of a build are there.',
    ...SOURCES,
    params: uuidParams,
    response: answers(file, { 400: 'no UUID', 404: 'there are none' }),
  },
  octhc: {
    summary: 'Health, as buildshuttle has it.',
    ...WORKER,
    ...OPEN,
    response: answers(textAnswer('overall_status=good', 'text/html'), {}, true),
  },
  healthz: { summary: 'Whether the worker lives.', ...WORKER, ...OPEN, response: answers(answer('it does'), {}, true) },
  readyz: {
    summary: 'Whether the worker has started and the engine can be reached.',
    ...WORKER,
    ...OPEN,
    response: answers(answer('both'), { 503: 'which of them not' }, true),
  },
  metrics: { summary: 'Figures for Prometheus.', ...WORKER, response: answers(textAnswer('the figures')) },
};
