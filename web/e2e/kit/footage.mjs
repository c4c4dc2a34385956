// Footage made on the spot: small, real, and the same in every run but for
// the time it says it was filmed.

import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ffmpeg = (...words) => run('ffmpeg', ['-v', 'error', '-y', ...words]);

/** A playable H.264 film with sound, filmed an hour ago by its own clock; more words for ffmpeg. */
export async function film(dir, name, seconds = 4, more = []) {
  const path = join(dir, name);
  const filmed = new Date(Date.now() - 3600_000).toISOString();
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=25:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest'],
    ...['-metadata', `creation_time=${filmed}`, ...more, '-movflags', '+faststart', path],
  );
  return path;
}

/** A film of six seconds with the flight of a drone as a text track, as DJI writes it. */
export async function flight(dir, name, { geometry }) {
  const places = geometry.coordinates;
  const log = places.map(([lon, lat, alt], i) => {
    const at = (part) => `00:00:0${(((i + part) * 6) / places.length).toFixed(3).replace('.', ',')}`;
    return `${i + 1}\n${at(0)} --> ${at(1)}\n[iso: 100] [latitude: ${lat}] [longitude: ${lon}] [rel_alt: 10.0 abs_alt: ${alt}]\n`;
  });
  const text = join(dir, `${name}.log.srt`);
  await writeFile(text, log.join('\n'));
  const path = join(dir, name);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=6', '-i', text],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:s', 'mov_text', '-movflags', '+faststart', path],
  );
  return path;
}

/** A film with so many bytes of padding (a free box) at its end. */
export async function longFilm(dir, name, padding) {
  const path = await film(dir, name, 2);
  const box = Buffer.alloc(padding);
  randomFillSync(box, 8);
  box.writeUInt32BE(padding, 0);
  box.write('free', 4, 'latin1');
  await appendFile(path, box);
  return path;
}

/** A photograph. */
export async function photo(dir, name) {
  const path = join(dir, name);
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=640x360:duration=1', '-frames:v', '1', '-q:v', '3', path);
  return path;
}
