// Where sources and logs are kept.
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { usesS3 } from '../environment';
import { modeOf } from '../names';
import type { Settings } from '../values';

export function storageIssues(values: Settings): Issue[] {
  const missing = modeOf(values) === 'kubernetes' && !usesS3(values);
  return [
    ...s3Issues(values),
    ...(missing
      ? [{ path: ['s3', 'bucket'], message: 'is needed in the mode kubernetes: replicas have no disk in common for sources and logs' }]
      : []),
  ];
}

function s3Issues({ s3 }: Settings): Issue[] {
  const { existingConfigMap, existingSecret, accessKey, secretKey, bucket, location, region } = s3;
  const others = { bucket, location, region, existingSecret, accessKey, secretKey };
  const given = Object.entries(others).filter(([, value]) => isTrue(value));
  if (isTrue(existingConfigMap))
    return given.map(([key]) => ({
      path: ['s3', key],
      message: 'has no effect beside s3.existingConfigMap, which holds all of it: take one of them away',
    }));
  return [
    ...(given.length && !isTrue(bucket)
      ? [{ path: ['s3', 'bucket'], message: `is needed with s3.${given[0]?.[0] ?? ''}: the name of the bucket` }]
      : []),
    ...(isTrue(accessKey) === isTrue(secretKey)
      ? []
      : [
          {
            path: ['s3', isTrue(accessKey) ? 'secretKey' : 'accessKey'],
            message: 'is needed with the other key: give both, or a Secret that holds them in s3.existingSecret',
          },
        ]),
    ...(isTrue(location) && !/^https?:\/\/[^\s/]+/.test(text(location))
      ? [
          {
            path: ['s3', 'location'],
            message: `must be the URL of an S3 server, such as https://s3.example.com, not "${text(location)}"; a region goes to s3.region`,
          },
        ]
      : []),
  ];
}
