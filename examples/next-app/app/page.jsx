import { Segmenter } from './segmenter.jsx';

export default function Page() {
  return (
    <>
      <h1>CLIPSeg with Next</h1>
      <Segmenter />
      <footer>The embedded model knows images made of emoji-like objects, not photographs.</footer>
    </>
  );
}
