import { Masks } from './masks.jsx';

export default function Page() {
  return (
    <>
      <h1>Next</h1>
      <Masks />
    </>
  );
}
