// The charts of which it is known what becomes of their values; what is known is read apart, since it is large.

export const KNOWN_CHARTS = ['estafette-ci', 'devstats', 'buildshuttle'] as const;
export type KnownChart = (typeof KNOWN_CHARTS)[number];

/** Whether something is known of a chart. @param chart its name */
export const isKnown = (chart: string): chart is KnownChart => KNOWN_CHARTS.some((one) => one === chart);
