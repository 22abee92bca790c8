// The versions of all parts, in one place.
export const versions = {
  /** The Helm whose reading of values and templates is ours. */
  helm: '4.1.4',
  /** The Node.js that users have; the oldest supported one runs the tests. */
  node24: '24',
  /** Of the last series that reads what the chart's 2.26 does. */
  prometheus: '2.55.1',
  /** Debian's packages, of the release that the machine runs. */
  'nats-server': '2.9',
  'prometheus-alertmanager': '0.25',
};
