// Images that are named outside of the release's own pods: from the mirror, as those are.
import { mirrored } from '../../kubernetes/images';
import { imageSettings } from '../common/global';
import type { Settings } from './values';

export function imageFor({ global }: Settings, image: string): string {
  const { mirror } = imageSettings(global);
  return mirror === undefined ? image : mirrored(image, mirror);
}
