/** What a folder's files are known by as pictures. An SVG is drawn only when it is named. */
export const EXTENSIONS = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif', 'bmp'];

/** Whether a picture is an SVG file of this machine, by its name. */
export const isSvgFile = (path: string | undefined): boolean =>
  path !== undefined && !/^[a-z]{2,}:/i.test(path.replace(/^file:/i, '')) && /\.svgz?$/i.test(path);
