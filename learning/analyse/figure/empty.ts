import { renderSvg } from "./render.ts"
import { figureConfig, titleOf } from "./style.ts"

const width = 600

/** Draws a figure that has nothing to show, and says why, as an SVG document. */
export const emptyFigure = (reason: string, title: string, caption: string): Promise<string> =>
  renderSvg({
    background: "white",
    padding: 10,
    title: titleOf(title, caption, width),
    width,
    height: 60,
    data: { values: [{ reason }] },
    mark: { type: "text", fontSize: 13, limit: width },
    encoding: { text: { field: "reason", type: "nominal" } },
    config: figureConfig,
  })
