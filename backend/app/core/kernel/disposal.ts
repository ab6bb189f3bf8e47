/** Undoes a registration. Calling it again does nothing. */
export type Disposal = () => void | Promise<void>
