import { answerJobs } from '../system/thread.js';
import { draw } from './draw.js';

/** The thread that draws. */
answerJobs(draw);
