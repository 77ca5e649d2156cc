console.log('The tour of isokv comes here.');
