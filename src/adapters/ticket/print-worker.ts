import { answerJobs } from '../system/thread.js';
import { draw } from './draw.js';

/** The thread that draws QR images and PDFs. */
answerJobs(draw);
