// Two keys for the tests: without them there is no Secret.
export const KEYS = { secretDecryptionKey: 'SoYgTc2Vr6XmWqPzK0uNhJ9dLb3EfAi5', jwtKey: '7fRzQm1Xc8VtLp4KyWn6BsDg2HjUe0Ta' };
