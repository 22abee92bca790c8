// The login of all images as a credential of Estafette's, so that builds pull with it, too.
import { ValuesError } from '../../../helm/check';
import { isTable } from '../../../helm/yaml/values';
import { writeYaml } from '../../../helm/yaml/write';
import { imageSettings, isForBuilds } from '../../common/global';
import { yamlText } from '../common/yaml-text';

/** File of the API server's configuration that holds what builds may use. */
const FILE = 'credentials.yaml';
/** Estafette pulls with it wherever no credential for the image's own registry is there. */
const TYPE = 'container-registry-pull';
const NAME = 'image-credentials';

/**
 * Configuration files of the API server by name, with the login among the credentials.
 * @throws ValuesError when the credentials that are given are not a list
 */
export function withBuildLogin(files: Readonly<Record<string, unknown>>, global: unknown): Readonly<Record<string, unknown>> {
  const { login } = imageSettings(global);
  if (!login || !isForBuilds(global)) return files;
  const path = ['config', 'files', FILE];
  const given = yamlText(files[FILE] ?? '', ...path) ?? {};
  const credentials = isTable(given) ? (given['credentials'] ?? []) : undefined;
  if (!isTable(given) || !Array.isArray(credentials))
    throw new ValuesError([
      { path, message: 'must hold a map with a list "credentials", to which global.imageCredentials.builds adds one' },
    ]);
  if (credentials.some((credential) => isTable(credential) && credential['name'] === NAME))
    throw new ValuesError([
      { path, message: `has a credential "${NAME}" already, the name of the one that global.imageCredentials.builds adds: rename it` },
    ]);
  const { username, password } = login;
  return { ...files, [FILE]: writeYaml({ ...given, credentials: [...credentials, { name: NAME, type: TYPE, username, password }] }) };
}
