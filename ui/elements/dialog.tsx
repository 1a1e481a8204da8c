/** A modal dialog: the browser keeps the focus in it, and closes it on Escape. */

import { type MouseEvent, type ReactNode, useEffect, useRef } from "react"

export const Dialog = ({
  label,
  className = "",
  onClose,
  children,
}: {
  readonly label: string
  readonly className?: string
  readonly onClose: () => void
  readonly children: ReactNode
}) => {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (dialog !== null && !dialog.open) dialog.showModal()
  }, [])
  const onClick = (event: MouseEvent) => {
    if (event.target === event.currentTarget) onClose()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog is what Escape does
    <dialog ref={ref} className={`dialog ${className}`} aria-label={label} onClose={onClose} onClick={onClick}>
      {children}
    </dialog>
  )
}
