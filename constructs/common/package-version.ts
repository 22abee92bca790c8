// The version of this package, which the charts bear that it writes for Helm.
export const PACKAGE_VERSION = '0.1.0';
