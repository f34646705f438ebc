// Written as literals, as bundlers copy the files of `new URL('...', import.meta.url)`.
/** URLs of the embedded model's files by name. */
export const modelUrls: Readonly<Record<string, URL>> = {
  'clipseg.json': new URL('../model/clipseg.json', import.meta.url),
  'decoder.onnx': new URL('../model/decoder.onnx', import.meta.url),
  'merges.txt': new URL('../model/merges.txt', import.meta.url),
  'position_embedding.bin': new URL('../model/position_embedding.bin', import.meta.url),
  'text_encoder.onnx': new URL('../model/text_encoder.onnx', import.meta.url),
  'text_encoder_int8.onnx': new URL('../model/text_encoder_int8.onnx', import.meta.url),
  'vision_encoder.onnx': new URL('../model/vision_encoder.onnx', import.meta.url),
  'vision_encoder_int8.onnx': new URL('../model/vision_encoder_int8.onnx', import.meta.url),
  'vision_head.onnx': new URL('../model/vision_head.onnx', import.meta.url),
  'vision_head_int8.onnx': new URL('../model/vision_head_int8.onnx', import.meta.url),
  'vocab.json': new URL('../model/vocab.json', import.meta.url),
};
