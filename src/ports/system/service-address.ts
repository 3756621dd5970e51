/** The address at which this process serves, for parts that call it back. */
export interface ServiceAddress {
  /** Calls back with `http://host:port` once the process serves. */
  onServing(listener: (url: string) => void): void;
  announce(url: string): void;
}

export function openServiceAddress(): ServiceAddress {
  const listeners: ((url: string) => void)[] = [];
  return {
    onServing: (listener) => void listeners.push(listener),
    announce: (url) => listeners.forEach((listener) => listener(url)),
  };
}
