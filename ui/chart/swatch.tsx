/** A piece of a line as the chart has it, with its mark: what a legend begins with. */

import type { LineStyle, Shape } from "./style.ts"

/** Outlines in a square of 10 around the origin. */
const outlines: Readonly<Record<Shape, string>> = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
  square: "M-3.6-3.6h7.2v7.2h-7.2z",
  "triangle-up": "M0-4.4L4.4 3.6h-8.8z",
  diamond: "M0-4.8L4.2 0 0 4.8-4.2 0z",
  "triangle-down": "M0 4.4L4.4-3.6h-8.8z",
  cross: "M-1.5-4.4h3v2.9h2.9v3h-2.9v2.9h-3v-2.9h-2.9v-3h2.9z",
}

export const Swatch = ({ style, marked = false }: { readonly style: LineStyle; readonly marked?: boolean }) => (
  <svg className="swatch" viewBox="0 0 34 12" aria-hidden="true" focusable="false">
    <path d="M0 6h34" fill="none" stroke={style.color} strokeWidth={2} strokeDasharray={style.dash.join(" ")} />
    {marked ? <path d={outlines[style.shape]} transform="translate(17 6)" fill={style.color} /> : null}
  </svg>
)
