/** Where the places of the earth are on the chart: a plate carrée of the latitudes where people live. */
const NORTH = 80;
const SOUTH = -58;

interface Position {
  readonly lat: number;
  readonly lng: number;
}

export type Projection = (position: Position) => { x: number; y: number };

/** The whole of it, in the middle of `width` by `height` pixels. */
export function projectionFor(width: number, height: number): Projection {
  const pixelsPerDegree = Math.min(width / 360, height / (NORTH - SOUTH));
  const middle = (NORTH + SOUTH) / 2;
  return ({ lat, lng }) => ({
    x: width / 2 + lng * pixelsPerDegree,
    y: height / 2 - (lat - middle) * pixelsPerDegree,
  });
}
