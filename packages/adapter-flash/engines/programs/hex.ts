var DIGITS = '0123456789abcdef';

export function bytesOf(hex: string): Uint8Array {
  var bytes = new Uint8Array(hex.length / 2);
  for (var i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.substring(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function hexOf(bytes: Uint8Array): string {
  var hex = '';
  for (var i = 0; i < bytes.length; i++) hex += DIGITS.charAt(bytes[i]! >> 4) + DIGITS.charAt(bytes[i]! & 15);
  return hex;
}
