import '../../page/style.css';

export const metadata = { title: 'CLIPSeg, Next', icons: 'data:,' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
