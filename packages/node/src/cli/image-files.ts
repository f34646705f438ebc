/** Extensions of the images in a folder. SVG files are only rendered when named directly. */
export const EXTENSIONS = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif', 'bmp'];

/** Tells by its name whether an image is a local SVG file. */
export const isSvgFile = (path: string | undefined): boolean =>
  path !== undefined && !/^[a-z]{2,}:/i.test(path.replace(/^file:/i, '')) && /\.svgz?$/i.test(path);
