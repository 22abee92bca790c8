// What Go templates in values see as `.` and `$`, beside the named helpers.
import { HELM_API_VERSIONS } from '../../kubernetes/api-versions';
import { int, nilDict, withType } from '../../helm/template/values';
import { Unsupported } from '../../helm/template/unsupported';
import { PUBLISHED_CHARTS, type ChartFacts } from './published-charts';
import { chartName, DEFAULT_KUBE_VERSION, type ChartInfo, type Release } from './release';

type Plain = Record<string, unknown>;

export interface Place {
  /** Keys of the values that lead to the chart, below the name of the one at the top. */
  readonly path: readonly string[];
  readonly top: ChartInfo;
  /** Whether charts are installed below it. */
  readonly hasParts: boolean;
}

/** The data of all templates in the values of a chart. */
export function templateRoot(release: Release, chart: ChartInfo, values: Plain, place: Place): Plain {
  // Few templates ask for them.
  let facts: Plain | undefined;
  let known: Plain | undefined;
  return {
    Values: values,
    Release: { Name: release.name, Namespace: release.namespace, Service: 'Helm', IsInstall: true, IsUpgrade: false, Revision: int(1) },
    get Chart() {
      return (facts ??= chartFacts(chart, place.path.length === 0));
    },
    get Capabilities() {
      return (known ??= capabilities(release));
    },
    Template: { Name: NAME, BasePath: [chartName(place.top), ...place.path.flatMap((key) => ['charts', key]), 'templates'].join('/') },
    Files: FILES,
    Subcharts: place.hasParts ? SUBCHARTS : {},
  };
}

const NAME = new Unsupported(
  '.Template.Name is not supported: it is the file of the published chart in which the value is used, and there may be several',
  'write the text itself',
);
const FILES = new Unsupported(".Files is not pure: it reads the chart's files", "write the file's content into the values file");
const SUBCHARTS = new Unsupported('.Subcharts is not supported', "write the other chart's value itself");
const HELM_VERSION = new Unsupported('.Capabilities.HelmVersion is not supported: no Helm renders this', 'write the text itself');

function capabilities({ kubeVersion = DEFAULT_KUBE_VERSION, apiVersions = [] }: Release): Plain {
  const version = kubeVersion.replace(/^v?/, 'v');
  const [major = '1', minor = '0'] = version.slice(1).split('.');
  return {
    KubeVersion: { Version: version, GitVersion: version, Major: major, Minor: minor },
    APIVersions: [...HELM_API_VERSIONS, ...apiVersions],
    HelmVersion: HELM_VERSION,
  };
}

function chartFacts(chart: ChartInfo, isRoot: boolean): Plain {
  const {
    apiVersion,
    type = '',
    description,
    home,
    icon = '',
    keywords = [],
    sources = [],
    maintainers = [],
    annotations,
  } = PUBLISHED_CHARTS[chart.name] ?? OWN;
  return {
    Name: chartName(chart),
    Version: chart.version,
    AppVersion: chart.appVersion,
    IsRoot: isRoot,
    APIVersion: apiVersion,
    Type: type,
    Description: description,
    Home: home,
    Icon: icon,
    Keywords: keywords,
    Sources: sources,
    Maintainers: maintainers.map(({ name = '', email = '', url = '' }) => ({ Name: name, Email: email, URL: url })),
    Annotations: withType(annotations ? { ...annotations } : nilDict(), 'map[string]string'),
    Dependencies: DEPENDENCIES,
    Condition: '',
    Deprecated: false,
    KubeVersion: '',
    Tags: '',
  };
}

/** Which of them count depends on the values. */
const DEPENDENCIES = new Unsupported('.Chart.Dependencies is not supported', 'write the text itself');
const OWN: ChartFacts = { apiVersion: 'v2', description: '', home: '' };
