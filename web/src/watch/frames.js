// Steps of one frame. A browser does not say how many frames a second has: it
// is measured while the film plays, and taken for thirty until then.

const usual = 1 / 30;
const [least, most] = [1 / 240, 1 / 5];

/** Gives step(n): n frames on from the one that is shown. */
export function frames(media, go) {
  let length = usual;
  let before;
  const seen = [];
  const measure = (_, { mediaTime }) => {
    const passed = mediaTime - before;
    if (!media.paused && passed >= least && passed <= most) seen.push(passed);
    before = mediaTime;
    if (seen.length >= 9) {
      length = seen.sort((a, b) => a - b)[seen.length >> 1];
      return;
    }
    media.requestVideoFrameCallback(measure);
  };
  media.requestVideoFrameCallback?.(measure);
  return (n) => {
    media.pause();
    go(media.currentTime + n * length);
  };
}
