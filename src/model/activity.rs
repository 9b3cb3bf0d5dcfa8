//! What a session did, without text: the facts that later stages link and classify by.
