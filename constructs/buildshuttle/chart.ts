// What is known of the chart itself.

/** Its version is that of this package: nobody publishes another. */
export const buildshuttleChart = {
  name: 'buildshuttle',
  version: '0.1.0',
  appVersion: '0.1.0',
  description: 'Buildshuttle: builds container images, on the engine of the node, beside it in the pod, or elsewhere',
};
