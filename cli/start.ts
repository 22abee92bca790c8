// What bin/cdk8s-estafette starts on Node.js.
import { keepCompiled } from './code-cache';

keepCompiled(__dirname, 'main.js');
require('./main');
