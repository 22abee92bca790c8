// What Go templates in values see as `.` and `$`, beside the named helpers.
import { chartName, DEFAULT_KUBE_VERSION, type ChartInfo, type Release } from './release';

type Plain = Record<string, unknown>;

export function templateRoot(release: Release, chart: ChartInfo, values: Plain): Plain {
  const version = (release.kubeVersion ?? DEFAULT_KUBE_VERSION).replace(/^v?/, 'v');
  const [major = '1', minor = '0'] = version.slice(1).split('.');
  return {
    Values: values,
    Release: { Name: release.name, Namespace: release.namespace, Service: 'Helm', IsInstall: true, IsUpgrade: false, Revision: 1 },
    Chart: { Name: chartName(chart), Version: chart.version, AppVersion: chart.appVersion, IsRoot: false },
    Capabilities: {
      KubeVersion: { Version: version, GitVersion: version, Major: major, Minor: minor },
      APIVersions: release.apiVersions ?? [],
    },
    Template: { Name: '', BasePath: `${chart.name}/templates` },
  };
}
