/** Many dots, on a canvas of their own: pixels are set, not drawn, so that 171,075 of them take milliseconds. */
export class Dots {
  readonly canvas: HTMLCanvasElement = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D;
  readonly #size: number;
  readonly #alpha: number;
  #image: ImageData;
  #rgb: readonly number[] = [0, 0, 0];
  #isChanged = false;

  /** @param size pixels a side @param alpha of one dot, 0 to 255; where dots meet it adds up */
  constructor(size: number, alpha: number) {
    this.#context = this.canvas.getContext('2d')!;
    this.#size = size;
    this.#alpha = alpha;
    this.#image = new ImageData(1, 1);
  }

  /** Begins anew, without dots. */
  reset(width: number, height: number, rgb: readonly number[]): void {
    this.#rgb = rgb;
    this.canvas.width = width;
    this.canvas.height = height;
    this.#image = new ImageData(width, height);
    this.#isChanged = false;
  }

  /** Takes the dots away, for others of the same colour. */
  clear(): void {
    this.#image.data.fill(0);
    this.#isChanged = true;
  }

  add(x: number, y: number): void {
    this.#isChanged = true;
    const { data, width, height } = this.#image;
    const [red = 0, green = 0, blue = 0] = this.#rgb;
    const left = Math.round(x - this.#size / 2);
    const top = Math.round(y - this.#size / 2);
    for (let row = Math.max(0, top); row < Math.min(height, top + this.#size); row++) {
      for (let column = Math.max(0, left); column < Math.min(width, left + this.#size); column++) {
        const at = (row * width + column) * 4;
        data[at] = red;
        data[at + 1] = green;
        data[at + 2] = blue;
        data[at + 3] = (data[at + 3] ?? 0) + this.#alpha; // A clamped array: it stops at 255.
      }
    }
  }

  /** Makes what was added visible on `canvas`. */
  flush(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.#context.putImageData(this.#image, 0, 0);
  }
}
