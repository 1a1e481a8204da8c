/** Pixels of the screen per pixel of the page: changes when a window moves or is zoomed. */

import { useEffect, useState } from "react"

export const usePixelRatio = (): number => {
  const [ratio, setRatio] = useState(window.devicePixelRatio)
  useEffect(() => {
    const query = matchMedia(`(resolution: ${ratio}dppx)`)
    const read = () => setRatio(window.devicePixelRatio)
    query.addEventListener("change", read)
    return () => query.removeEventListener("change", read)
  }, [ratio])
  return ratio
}
