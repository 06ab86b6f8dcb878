//! `handlers!` and the log macros.

/// Exports functions as the step handlers of this component: one call, at the crate's root.
///
/// Each is listed by its name, or `name => path::to::function`. The doc comment is what people read
/// in the registry; `#[errors(…)]` names the codes of failures that callers may tell apart.
/// `#![capabilities(…)]` at the top says what the component wants to be granted, and `#![events(…)]` which events
/// it sends, with the type of each payload. A payload that does not match that type's schema fails the attempt.
///
/// ```
/// use tasker_sdk::prelude::*;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Charge {
///     amount_cents: u32,
/// }
///
/// #[derive(Serialize, JsonSchema)]
/// struct Receipt {
///     charge_id: String,
/// }
///
/// fn charge(ctx: &Context, input: Charge) -> Result<Receipt, Failure> {
///     if input.amount_cents == 0 {
///         return Err(Failure::permanent("nothing_to_charge", "the amount is 0"));
///     }
///     info!(amount_cents = input.amount_cents; "charging");
///     Ok(Receipt { charge_id: ctx.idempotency_key() })
/// }
///
/// fn give_back() -> Result<(), Failure> {
///     Ok(())
/// }
///
/// tasker_sdk::handlers! {
///     /// Charges the customer's card, once per step however often it is tried.
///     #[errors("nothing_to_charge")]
///     charge,
///
///     /// Gives the money back.
///     refund => give_back,
/// }
/// # fn main() {
/// let ctx = tasker_sdk::testing::Attempt::new().context();
/// let failure = HANDLERS.execute("charge", &ctx, r#"{"amount_cents": 0}"#).unwrap_err();
/// assert_eq!(failure.code(), "nothing_to_charge");
/// # }
/// ```
///
/// A name given twice does not compile:
///
/// ```compile_fail,E0428
/// fn charge() -> Result<(), tasker_sdk::Failure> {
///     Ok(())
/// }
/// tasker_sdk::handlers! { charge, charge }
/// # fn main() {}
/// ```
///
/// It defines the static `HANDLERS`, of type [`Handlers`](crate::Handlers), so that tests can run
/// handlers as the host does, JSON included.
#[macro_export]
macro_rules! handlers {
    (
        $(#![capabilities($($capability:literal),+ $(,)?)])?
        $(#![events($($(#[doc = $line:literal])* $event:literal => $payload:ty),+ $(,)?)])?
        $($(#[$attribute:ident $($argument:tt)*])* $name:ident $(=> $function:path)?),+ $(,)?
    ) => {
        /// The step handlers of this component.
        pub static HANDLERS: $crate::Handlers = $crate::Handlers::new(
            &[$($crate::component::Entry {
                name: stringify!($name),
                run: {
                    // A function of the handler's name, to be seen where it traps.
                    fn $name(ctx: &$crate::Context, input: &str) -> Result<$crate::TextOutcome, $crate::Failure> {
                        $crate::handler::Handler::run(&$crate::__function!($name $($function)?), ctx, input)
                    }
                    $name
                },
                describe: || {
                    let description = $crate::component::Description::of(stringify!($name), $crate::__function!($name $($function)?));
                    $(let description = $crate::__attribute!(description, $attribute $($argument)*);)*
                    description
                },
            }),+],
            &[$($($capability),+)?],
            &[$($($crate::component::Event {
                name: $event,
                description: &[$($line),*],
                schema: $crate::component::payload_schema::<$payload>,
            }),+)?],
        );

        const _: () = {
            // A name given twice does not compile.
            #[allow(dead_code, non_camel_case_types, reason = "handlers are named as functions are")]
            enum Names { $($name),+ }
            $crate::__export!();
        };
    };
}

/// The function behind a handler's name.
#[doc(hidden)]
#[macro_export]
macro_rules! __function {
    ($name:ident) => {
        self::$name
    };
    ($name:ident $function:path) => {
        $function
    };
}

/// What an attribute in `handlers!` adds to a description.
#[doc(hidden)]
#[macro_export]
macro_rules! __attribute {
    ($description:ident, doc = $line:literal) => { $description.line($line) };
    ($description:ident, errors($($code:literal),+ $(,)?)) => { $description.errors(&[$($code),+]) };
    ($description:ident, $other:ident $($rest:tt)*) => {
        compile_error!(concat!("unknown attribute `", stringify!($other), "`; a handler takes doc comments and #[errors(\"code\", …)]"))
    };
}

/// The component's exports; natively there is nothing to export to.
#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    () => {
        #[cfg(target_family = "wasm")]
        mod exported {
            use $crate::bindings::exports::tasker::step as contract;

            struct Component;

            impl contract::handler::Guest for Component {
                fn execute(name: String, input: String) -> Result<contract::handler::Outcome, contract::handler::Failure> {
                    $crate::entry::execute(&super::HANDLERS, &name, &input)
                }
            }

            impl contract::descriptor::Guest for Component {
                fn describe() -> String {
                    super::HANDLERS.describe()
                }
            }

            $crate::bindings::export!(Component with_types_in $crate::bindings);
        }
    };
}

/// Logs at trace level: `trace!("message")` or `trace!(field = value, …; "message")`.
#[macro_export]
macro_rules! trace {
    ($($rest:tt)+) => { $crate::__log!(Trace, $($rest)+) };
}

/// Logs at debug level: `debug!("message")` or `debug!(field = value, …; "message")`.
#[macro_export]
macro_rules! debug {
    ($($rest:tt)+) => { $crate::__log!(Debug, $($rest)+) };
}

/// Logs at info level: `info!("message")` or `info!(field = value, …; "message")`.
#[macro_export]
macro_rules! info {
    ($($rest:tt)+) => { $crate::__log!(Info, $($rest)+) };
}

/// Logs at warn level: `warn!("message")` or `warn!(field = value, …; "message")`.
#[macro_export]
macro_rules! warn {
    ($($rest:tt)+) => { $crate::__log!(Warn, $($rest)+) };
}

/// Logs at error level: `error!("message")` or `error!(field = value, …; "message")`.
#[macro_export]
macro_rules! error {
    ($($rest:tt)+) => { $crate::__log!(Error, $($rest)+) };
}

/// Fields first, as in `log::info!(key = value; "message {}", argument)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:ident, $($field:ident = $value:expr),+; $($message:tt)+) => {
        $crate::log::write(
            $crate::log::Level::$level,
            &format!($($message)+),
            &[$((stringify!($field).to_owned(), $value.to_string())),+],
        )
    };
    ($level:ident, $($message:tt)+) => {
        $crate::log::write($crate::log::Level::$level, &format!($($message)+), &[])
    };
}
