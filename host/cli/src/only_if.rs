//! Under which condition something is changed.

use tasker_client::Call;
use tasker_wire::endpoint::Endpoint;

#[derive(Debug, clap::Args)]
pub struct OnlyIf {
    /// Change it only if it has this entity tag, as `show` or `ls` prints it: then nobody has changed it meanwhile.
    #[arg(long, value_name = "TAG")]
    if_match: Option<String>,
}

impl OnlyIf {
    /// The call with the condition, if there is one.
    pub fn on<'c, E: Endpoint>(&self, call: Call<'c, E>) -> Call<'c, E> {
        match &self.if_match {
            Some(tag) => call.if_match(tag),
            None => call,
        }
    }
}
