// Takes DEBUG out of the environment before any library reads it: the Docker client would print registry passwords.
const { DEBUG } = process.env;
delete process.env['DEBUG'];

/** What DEBUG was. */
export const debugSetting = DEBUG ?? '';
