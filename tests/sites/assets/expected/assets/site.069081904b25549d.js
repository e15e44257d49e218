console.log( 'kept as it is' );
