// Real parts for integration tests: programs found, and servers started.
export { describeWith, findParts, findRootParts } from './find';
export type { Part } from './part';
export { dockerEngine, type DockerEngine, type DockerEngineOptions } from './docker-engine';
export { kafka } from './kafka';
export { registry, type Registry, type RegistryOptions } from './registry';
export { s3, type S3, type S3Options } from './s3';
export { apiServer, type ApiServer } from './api-server';
export { define, succeed, type Kubectl, type KubectlResult } from './kubectl';
export { cluster, CLUSTER_PARTS, type Cluster, type ClusterOptions } from './cluster';
export { eventually } from './eventually';
export { freePort, freePorts, loopbackNetwork } from './network';
export { argoCd, ARGO_CD_PARTS, type ApplicationStatus, type ArgoCd } from './argo-cd';
export type { GitRepository } from './git-repository';
