// What keeps the login of all images from builds.
import type { Issue } from '../../helm/check';
import type { Context } from '../common/context';
import { isForBuilds } from '../common/global';
import type { estafetteValues } from './values';

export function buildLoginIssues({ values: { global, api } }: Context<typeof estafetteValues>): Issue[] {
  if (!isForBuilds(global)) return [];
  const path = ['global', 'imageCredentials', 'builds'];
  if (!api || api.enabled === false) return [{ path, message: 'is for the API server, and api.enabled is false' }];
  return api.config.enabled ? [] : [{ path, message: 'goes into credentials.yaml of api.config, and api.config.enabled is false' }];
}
