/** How much of something is done. */

export const Progress = ({ label, done, total }: { readonly label: string; readonly done: number; readonly total: number }) => (
  <span className="progress" role="progressbar" aria-label={label} aria-valuenow={done} aria-valuemin={0} aria-valuemax={total}>
    <span style={{ inlineSize: `${total === 0 ? 0 : (done / total) * 100}%` }} />
  </span>
)
