/** Numbers of errors, the same on every Linux that is served here. */
export const Errno = {
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  ENOTDIR: 20,
  ENFILE: 23,
  EMFILE: 24,
  ETXTBSY: 26,
} as const;
