/** For a git that fills an empty folder: as many writers at once as cores take a quarter to a third off a thousand files. */
export const MANY_WRITERS = ['-c', 'checkout.workers=0', '-c', 'checkout.thresholdForParallelism=100'];
