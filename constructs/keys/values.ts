// Values of the Job that makes keys, wherever a component has one.
import type { ResourceRequirements } from 'kubernetes-types/core/v1';
import { any, group, text, type Values } from '../../helm/schema';

export const keyJobValues = group(
  {
    image: group({
      repository: text('curlimages/curl', 'Repository of an image with a POSIX shell, head, tr, base64 and curl.'),
      tag: text('8.12.1', 'Tag of the image.'),
      pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
    }),
    resources: any<ResourceRequirements>(
      { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
      'Requests and limits of the container.',
      { type: 'ResourceRequirements' },
    ),
  },
  { doc: 'The Job that makes missing keys in the cluster, once.' },
);

export type KeyJobSettings = Values<typeof keyJobValues>;
