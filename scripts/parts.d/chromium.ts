// The browser that the worker's pages are looked at with: the one of Debian that has no window.
import { join } from 'node:path';
import { debianPart, LIBRARIES } from './debian';

export const chromium = debianPart({
  name: 'chromium-headless-shell',
  packages: [
    ...['chromium-headless-shell', 'chromium-common', 'fonts-liberation'],
    ...['libasound2', 'libasyncns0', 'libatk1.0-0', 'libatspi2.0-0', 'libavahi-client3', 'libavahi-common3', 'libbsd0', 'libdav1d6'],
    ...['libdbus-1-3', 'libdouble-conversion3', 'libdrm2', 'libexpat1', 'libffi8', 'libflac12', 'libfontconfig1', 'libfreetype6'],
    ...['libgbm1', 'libglib2.0-0', 'libgraphite2-3', 'libharfbuzz0b', 'libharfbuzz-subset0', 'libjpeg62-turbo', 'liblcms2-2'],
    ...['libmd0', 'libminizip1', 'libmp3lame0', 'libmpg123-0', 'libnspr4', 'libnss3', 'libogg0', 'libopenh264-7', 'libopenjp2-7'],
    ...['libopus0', 'libpcre2-8-0', 'libpng16-16', 'libpulse0', 'libsndfile1', 'libvorbis0a', 'libvorbisenc2', 'libwayland-server0'],
    ...['libx11-6', 'libx11-xcb1', 'libxau6', 'libxcb1', 'libxcb-randr0', 'libxcomposite1', 'libxdamage1', 'libxdmcp6', 'libxext6'],
    ...['libxfixes3', 'libxi6', 'libxkbcommon0', 'libxnvctrl0', 'libxrandr2', 'libxrender1', 'libbrotli1', 'libcap2', 'libgpg-error0'],
    ...['libgcrypt20', 'liblz4-1', 'liblzma5', 'libsystemd0', 'libudev1', 'libzstd1'],
  ],
  path: 'usr/lib/chromium/chromium-headless-shell',
  // One library has parts of it in a folder of its own.
  env: (root) => ({ LD_LIBRARY_PATH: LIBRARIES.flatMap((library) => [join(root, library), join(root, library, 'pulseaudio')]).join(':') }),
});
