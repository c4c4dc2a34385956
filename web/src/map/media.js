// Moving with a video: at every frame while it plays, and at every jump.

/** Calls show(second) whenever the picture of `media` is another. Gives its end. */
export function followMedia(media, show) {
  let frame = 0;
  let shown = NaN;
  const now = () => {
    if (media.currentTime === shown) return;
    shown = media.currentTime;
    show(shown);
  };
  const run = () => {
    now();
    frame = media.paused || media.ended ? 0 : requestAnimationFrame(run);
  };
  const wake = () => {
    if (!frame) run();
  };
  const events = ['play', 'playing', 'pause', 'seeking', 'seeked', 'timeupdate'];
  for (const name of events) media.addEventListener(name, wake);
  return () => {
    for (const name of events) media.removeEventListener(name, wake);
    cancelAnimationFrame(frame);
  };
}
