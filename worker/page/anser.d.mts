// Anser as the worker serves it: a module for browsers.
import Anser from 'anser';

export default Anser;
